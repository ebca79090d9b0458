"""PyTorch's cells. Only what is given such a cell imports this folder."""
