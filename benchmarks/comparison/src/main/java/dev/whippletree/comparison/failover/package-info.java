/**
 * The scenarios of <a href="https://github.com/failoverbench/failoverbench">Failover Bench</a>, methodology 0.1: its
 * published faults, criteria and verdicts, a service that has the faults, a caller, and the gateways with their
 * configurations.
 */
@NullMarked
package dev.whippletree.comparison.failover;

import org.jspecify.annotations.NullMarked;
