"""指标。Pure measures on the ledger of pieces."""
