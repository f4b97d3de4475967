/** Compares what services say with what the gateway's clients get, field by field. */
@NullMarked
package dev.whippletree.tests.nothinglost;

import org.jspecify.annotations.NullMarked;
