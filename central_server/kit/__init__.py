"""What every feature stands on: database, pages, sign-in, texts. Knows no feature."""
