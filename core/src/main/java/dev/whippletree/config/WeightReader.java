package dev.whippletree.config;

import dev.whippletree.settings.TenantWeights;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the weights of tenants. Stateless. */
final class WeightReader {

    private WeightReader() {}

    /** Returns what {@code tenant-weights} says. */
    static TenantWeights ofTenants(Section root) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        root.section("tenant-weights").ifPresent(section -> {
            for (String tenant : section.keys()) {
                weight(section, tenant).ifPresent(weight -> weights.put(tenant, weight));
            }
        });
        return new TenantWeights(weights);
    }

    /** Returns the weight that a key says; absent if it says none, or none that can be used. */
    static Optional<Integer> weight(Section section, String key) {
        Optional<Integer> weight = section.integer(key, 1);
        if (weight.isPresent() && weight.get() > TenantWeights.MOST) {
            section.problem(key, "a weight is 1 to " + TenantWeights.MOST + ", not " + weight.get());
            return Optional.empty();
        }
        return weight;
    }
}
