"""TLS for api.lusha.com: a certificate authority of this machine, and a port that speaks all there is."""
