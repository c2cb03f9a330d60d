"""From executed notebooks and tables to files in their place, all or nothing."""
