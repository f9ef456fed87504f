"""Transcripts of what a server of protocol 0.1 must do, and the player that holds a live server to them."""
