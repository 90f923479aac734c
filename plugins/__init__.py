"""Policy and teaching features. `api` is the contract; everything else here uses only that."""
