"""What data sets look like, measured beside publications: nobody who publishes or asks waits for it."""
