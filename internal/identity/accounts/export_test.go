package accounts

// Hangings lists what leaves with a user as "table.column".
func Hangings() []string {
	var all []string
	for _, h := range hangings() {
		all = append(all, h.table+"."+h.column)
	}
	return all
}
