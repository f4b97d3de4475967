package dev.whippletree.emulator.simulation;

import dev.whippletree.spi.BalancingStrategy;
import java.util.List;
import java.util.ServiceLoader;

/** The balancing strategies that there are. Stateless. */
final class Strategies {

    static final List<BalancingStrategy> ALL = ServiceLoader.load(BalancingStrategy.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    static final List<String> NAMES =
            ALL.stream().map(BalancingStrategy::name).sorted().toList();

    private Strategies() {}
}
