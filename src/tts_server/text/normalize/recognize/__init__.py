"""Where forms stand in a text: one file a family of forms."""
