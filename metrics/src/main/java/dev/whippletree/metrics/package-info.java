/**
 * Reports a Whippletree to a program's own Micrometer or OpenTelemetry; {@code docs/reference/meters.md} lists every
 * name.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.metrics;

import org.jspecify.annotations.NullMarked;
