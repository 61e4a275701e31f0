"""From a claim in our letters to the questions that it poses."""
