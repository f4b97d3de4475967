/** Tells a program's own Micrometer or OpenTelemetry what a Whippletree does; {@code docs/metrics.md} has every name. */
@NullMarked
package dev.whippletree.metrics;

import org.jspecify.annotations.NullMarked;
