"""Chinese text: normalising, cutting, matching, sentiment, keywords."""
