package dev.whippletree.springai;

import org.springframework.ai.retry.NonTransientAiException;

/** A prompt has an option or content that can't be passed on. It is refused, so that no answer silently lacks it. */
public final class UnsupportedOptionException extends NonTransientAiException {

    private static final long serialVersionUID = 1L;

    private final String option;

    UnsupportedOptionException(String option, String what) {
        super(option + " isn't supported by Whippletree: " + what);
        this.option = option;
    }

    /** Returns the option's name, such as {@code topK}. */
    public String option() {
        return option;
    }
}
