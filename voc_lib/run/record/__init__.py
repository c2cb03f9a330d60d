"""What a run was made from, and what published runs say of themselves."""
