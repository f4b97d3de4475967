/** What Whippletree costs, measured: never asserted by tests. Run by the profile {@code benchmarks}. */
@NullMarked
package dev.whippletree.tests.benchmark;

import org.jspecify.annotations.NullMarked;
