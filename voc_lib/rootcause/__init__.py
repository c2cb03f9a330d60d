"""Root causes and priority: 5 Why trees, fishbones, 5W1H, evidence, causes heard in the text, quadrants."""
