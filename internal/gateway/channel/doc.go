// Package channel spreads calls over the members of VPC channels and knows which
// of them are well.
package channel
