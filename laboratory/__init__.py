"""What the figures come from: comparisons with peers, judgements of sound, predictions, plots."""
