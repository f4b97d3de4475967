/**
 * Turns questions into vectors with all-MiniLM-L6-v2, in this process and without the network.
 *
 * <p>The model (Apache 2.0; 384 numbers a vector, 256 pieces of text at most, English) runs quantized on ONNX Runtime.
 * The text is cut into pieces here and not by the library that its authors use: that one is native code again, 19 MB of
 * it for fewer platforms, which it unpacks into the user's home directory, or fetches over the network where its jar
 * has none. What it does for this one model is the two classes {@link dev.whippletree.embedder.minilm.BertWords} and
 * {@link dev.whippletree.embedder.minilm.WordPieces}, and tests hold them against it.
 */
@NullMarked
package dev.whippletree.embedder.minilm;

import org.jspecify.annotations.NullMarked;
