"""Hunts, and the score of many."""
