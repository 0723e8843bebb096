// What the checks of this folder share: they count what passes and what fails as it must.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, filepath.Base(os.Args[0])+": "+format+"\n", arguments...)
	os.Exit(1)
}

// holds counts a check that must pass, breaks one that must fail.
var held, broken int

func holds(err error, what string, arguments ...any) {
	if err != nil {
		fail(what+": %v", append(arguments, err)...)
	}
	held++
}

func breaks(err error, what string, arguments ...any) {
	if err == nil {
		fail(what+" passes", arguments...)
	}
	broken++
}

// report prints both counts: the last line of a check.
func report() {
	fmt.Printf("%d checks hold, %d forgeries fail\n", held, broken)
}
