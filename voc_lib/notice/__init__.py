"""People are told how a run went; a notice that fails changes nothing about the run."""
