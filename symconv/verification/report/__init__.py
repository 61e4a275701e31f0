"""Verdicts in words: terminal, page, Markdown."""
