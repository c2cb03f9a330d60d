"""Improvement and its proof: plan, tasks, effects, control charts, follow-up, commitments."""
