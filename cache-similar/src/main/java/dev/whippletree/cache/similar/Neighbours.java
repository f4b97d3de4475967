package dev.whippletree.cache.similar;

/**
 * What lies near a question. Immutable.
 *
 * @param nearest the nearest stored question
 * @param similarity how near it is: the cosine of the angle between the two vectors, -1 to 1
 * @param rival how near the nearest question with another answer is; -1 if there is none
 */
record Neighbours(Stored nearest, double similarity, double rival) {

    /**
     * Returns how sure it is that the nearest question's answer is right: its similarity and, once more, by how much it
     * is nearer than the nearest with another answer. Similarity alone can't tell a paraphrase from a question next to
     * it; that two known answers are about equally near says that it is one of those.
     */
    double score() {
        return similarity + (similarity - Math.max(0, rival));
    }
}
