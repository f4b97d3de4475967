package acme;

/** Can be made and named, but looking into it finds what isn't there: the jar lacks {@link Absent}. */
public final class HalfProvider extends AbstractSilentProvider {

    @Override
    public String name() {
        return "half";
    }

    /** Takes what isn't there. */
    public void take(Absent absent) {}
}
