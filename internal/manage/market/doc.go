// Package market is the area of the marketplace: listings of groups, orders, and what was bought: reference 4.12.
package market
