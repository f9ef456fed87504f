"""From the weights as published to what runs in each step: done once, and kept."""
