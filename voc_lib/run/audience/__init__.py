"""What of a run an audience may see: its rows, measures and goals, and nothing of anybody else."""
