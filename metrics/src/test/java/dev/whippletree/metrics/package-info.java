/** Tests of what is told to Micrometer and OpenTelemetry. */
@NullMarked
package dev.whippletree.metrics;

import org.jspecify.annotations.NullMarked;
