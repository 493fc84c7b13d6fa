"""The pure core: rule set and answers in, result out."""
