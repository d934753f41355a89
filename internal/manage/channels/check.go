package channels

import (
	"regexp"
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Input is what a client sends to create a channel or to replace one (reference
// tables 4-459 and 4-466).
type Input struct {
	Name            string        `json:"name" required:"true" doc:"3 to 64 Chinese characters, letters, digits, '-' and '_', the first one a letter or Chinese."`
	Type            *int          `json:"type" required:"true" doc:"2, a built-in channel."`
	MemberType      string        `json:"member_type" doc:"instance or ip, default instance; ecs means instance."`
	Port            *int          `json:"port" required:"true" doc:"1 to 65535: the port of all members."`
	BalanceStrategy *int          `json:"balance_strategy" doc:"1 weighted round robin, 2 weighted least connections, 3 source hash, 4 URI hash; default 1."`
	Health          *HealthInput  `json:"vpc_health_config" required:"true"`
	Members         []MemberInput `json:"vpc_instances" doc:"At most 1000 in one call; may be left out only when a channel is created."`
}

var (
	channelName = regexp.MustCompile(`^[A-Za-z\p{Han}][A-Za-z0-9_\-\p{Han}]*$`)
	memberName  = regexp.MustCompile(`^[A-Za-z0-9_.\-\p{Han}]+$`)
)

// maxMembers bounds one write transaction, for which every other writer waits.
// The quota of a channel is lower unless an administrator raises it.
const maxMembers = 1000

// check refuses what no channel can have, and puts the defaults in.
func (in *Input) check(update bool) error {
	var c apig.Check
	c.Pattern("name", in.Name, channelName, 3, 64)
	c.That(in.Type != nil, apig.Missing("type"))
	if c.Err() != nil {
		return c.Err()
	}
	switch {
	case *in.Type == typeBalancer && update:
		return apig.E3471
	case *in.Type == typeBalancer:
		return apig.E1120
	}
	c.That(*in.Type == typeBuiltIn, outside("type"))
	if in.MemberType == "" {
		in.MemberType = ofInstances
	}
	c.Enum("member_type", &in.MemberType, "INSTANCE", "IP", "ECS")
	in.MemberType = strings.ToLower(in.MemberType)
	if in.MemberType == "ecs" {
		in.MemberType = ofInstances
	}
	checkPort(&c, "port", in.Port, true)
	if in.BalanceStrategy == nil {
		in.BalanceStrategy = new(1)
	}
	c.That(*in.BalanceStrategy >= 1 && *in.BalanceStrategy <= 4, outside("balance_strategy"))
	c.That(in.Health != nil, apig.Missing("vpc_health_config"))
	if c.Err() != nil {
		return c.Err()
	}
	in.Health.check(&c)
	c.That(in.Members != nil || !update, apig.Missing("vpc_instances"))
	checkMembers(&c, in.MemberType, in.Members)
	return c.Err()
}

// apply puts what was checked into a channel.
func (in *Input) apply(ch *Channel) {
	ch.Name, ch.MemberType, ch.Port, ch.BalanceStrategy = in.Name, in.MemberType, *in.Port, *in.BalanceStrategy
	in.Health.apply(&ch.health)
	if ch.health.onPort == 0 {
		ch.health.Port = ch.Port
	}
}

func checkPort(c *apig.Check, param string, port *int, required bool) {
	if port == nil {
		c.That(!required, apig.Missing(param))
		return
	}
	c.That(*port >= 1 && *port <= 65535, apig.E2025.Msg("%s,parameterName:%s", apig.E2025.Text(), param))
}

// number wants a number within a range.
func number(c *apig.Check, param string, n *int, least, most int) {
	if n == nil {
		c.That(false, apig.Missing(param))
		return
	}
	c.Range(param, *n, least, most)
}

// outside refuses a number that is none of those that have a meaning, in the
// form of wire-facts §1.4.
func outside(param string) *wire.Error {
	return apig.E2004.Msg("%s,parameterName:%s. Please refer to the support documentation", apig.E2004.Text(), param)
}
