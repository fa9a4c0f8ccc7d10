"""Programs in any language that call the double under the name api.lusha.com: what they must be told."""
