"""Statistics: shares, trends, cross tables, service figures, metrics; each with its uncertainty."""
