"""Turns the state of a running Marsad into what its operator needs: health, figures, advice, a service to rely on."""
