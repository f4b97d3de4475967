/**
 * The scenarios of <a href="https://github.com/failoverbench/failoverbench">Failover Bench</a>, methodology 0.1: its
 * published faults and criteria, a service that has the faults, and a caller.
 */
@NullMarked
package dev.whippletree.comparison.failover;

import org.jspecify.annotations.NullMarked;
