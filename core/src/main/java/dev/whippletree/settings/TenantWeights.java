package dev.whippletree.settings;

import java.util.Map;

/**
 * The weights by which tenants share room: while both have prompts waiting, a tenant of weight 4 starts four prompts
 * for each prompt of a tenant of weight 1. Immutable.
 *
 * @param byTenant the weights that aren't {@value #DEFAULT}, by tenant; each 1 to {@value #MOST}
 */
public record TenantWeights(Map<String, Integer> byTenant) {

    /** The default weight. */
    public static final int DEFAULT = 1;

    /** The largest weight. */
    public static final int MOST = 1_000;

    /** The same weight for all tenants. */
    public static final TenantWeights EQUAL = new TenantWeights(Map.of());

    /** Copies the map and checks the ranges. */
    public TenantWeights {
        byTenant = Map.copyOf(byTenant);
        byTenant.forEach((tenant, weight) -> {
            if (weight < 1 || weight > MOST) {
                throw new IllegalArgumentException(
                        "tenant '" + tenant + "': a weight must be 1 to " + MOST + ", not " + weight);
            }
        });
    }

    /** Returns a tenant's weight. */
    public int of(String tenant) {
        return byTenant.getOrDefault(tenant, DEFAULT);
    }
}
