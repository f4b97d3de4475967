package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A coordinator whose coordinations are changed before they are handed out. */
public final class ScriptedCoordinator implements Coordinator {

    private final Coordinator coordinator;
    private final UnaryOperator<Coordination> change;

    /** Only so that the form is right. */
    public ScriptedCoordinator() {
        this(new FakeCoordinator(), UnaryOperator.identity());
    }

    ScriptedCoordinator(Coordinator coordinator, UnaryOperator<Coordination> change) {
        this.coordinator = coordinator;
        this.change = change;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Set<SettingKey> settings() {
        return coordinator.settings();
    }

    @Override
    public Coordination open(Settings settings, Services services) {
        return change.apply(coordinator.open(settings, services));
    }
}
