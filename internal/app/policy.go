package app

import "github.com/lintel-gateway/lintel/internal/identity/passwords"

// policy is what the settings ask of passwords.
func (p *Platform) policy() passwords.Policy {
	c := p.cfg.Passwords
	return passwords.Policy{
		MinLength: c.MinLength, Classes: c.Classes, History: c.History, Expiry: c.Expiry, FirstUse: c.FirstUse,
		Failures: c.Failures, Window: c.Window, Lock: c.Lock,
	}
}
