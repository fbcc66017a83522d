using System.Runtime.CompilerServices;
using VerifyTests;

namespace VerifyXunit;

/*
 * A snapshot test compares a text with the file that a person approved once.
 *
 * This is a stand-in for the package Verify.Xunit, of the same shape: tests written against it compile against
 * the package unchanged, and the approved files are the same. It keeps to texts on purpose: what the package makes
 * of other objects is the business of its serializer, and an imitation of that would approve other files.
 *
 *   Class.Method.verified.txt   beside the test: approved, committed
 *   Class.Method.received.txt   beside it: what came instead, never committed; move it over the other to approve
 *
 * Files are UTF-8 with a byte order mark, lines end in \n, and the last line has no end.
 *
 * One difference: the package asks xunit for the class and the method, the stand-in asks the compiler. So a test
 * class must have a file of its own name, and Verify must be called in the test method itself.
 */

/// <summary>The entry point of a snapshot test: <c>return Verifier.Verify(text);</c>.</summary>
/// <remarks>Thread-safe: tests of different names share nothing.</remarks>
public static class Verifier
{
    /// <summary>Compares <paramref name="target"/> with the approved file of the calling test.</summary>
    /// <param name="target">Null is written as <c>null</c>, an empty text as <c>emptyString</c>.</param>
    /// <param name="settings">Copied at the call: later changes have no effect.</param>
    /// <param name="sourceFile">Left to the compiler.</param>
    /// <param name="testMethod">Left to the compiler.</param>
    /// <returns>Fails with <see cref="VerifyException"/> if the file is missing or holds something else.</returns>
    public static SettingsTask Verify(
        string? target,
        VerifySettings? settings = null,
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string testMethod = "") =>
        new(settings, chosen => Snapshot.CompareAsync(target, chosen, sourceFile, testMethod));

    /// <summary>Awaits a text, then compares it.</summary>
    /// <inheritdoc cref="Verify(string?, VerifySettings?, string, string)"/>
    public static SettingsTask Verify(
        Task<string> target,
        VerifySettings? settings = null,
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string testMethod = "")
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(settings, async chosen => await Snapshot.CompareAsync(await target, chosen, sourceFile, testMethod));
    }
}
