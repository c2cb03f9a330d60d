"""The steps run in the order of their needs, each in a kernel of its own."""
