package acme;

/** Stands in a service file but can't be made. */
public final class BrokenProvider extends AbstractSilentProvider {

    /** Fails, as a plugin does that lacks what it needs. */
    public BrokenProvider() {
        throw new IllegalStateException("no licence");
    }

    @Override
    public String name() {
        return "broken";
    }
}
