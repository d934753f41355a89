package channels

// judge gives a channel its status.
func (a *Area) judge(ch *Channel) {
	if ch.hasMembers && a.failing(ch.ID, "") {
		ch.Status = statusAbnormal
	}
}

// judgeMembers gives members their status. One without a host has it already.
func (a *Area) judgeMembers(members []Member) {
	for i := range members {
		if m := &members[i]; a.failing(m.VPCID, m.ID) {
			m.Status = statusAbnormal
		}
	}
}

// failing reports whether the gateway knows a member, or a channel, and gives it
// no calls.
func (a *Area) failing(channelID, memberID string) bool {
	if a.Well == nil {
		return false
	}
	well, known := a.Well(channelID, memberID)
	return known && !well
}

// warnings names the members that gateways will not dial, as far as their hosts
// tell. They are accepted all the same: the operator may open their network.
func (a *Area) warnings(members []Member) []string {
	if a.Targets == nil {
		return nil
	}
	var list []string
	for i := range members {
		if host := members[i].Host; host != "" {
			if denied := a.Targets.Host(host); denied != nil {
				list = append(list, "vpc_instances: calls to the member "+members[i].ID+" will be refused with APIG.0404: "+denied.Error())
			}
		}
	}
	return list
}
