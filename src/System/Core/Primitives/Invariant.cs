using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Raid5Fs.Primitives;

/// <summary>Assertions that hold in Release too: a storage system that goes on with a broken invariant loses data.</summary>
public static class Invariant
{
    /// <exception cref="InvariantException"><paramref name="condition"/> is false: a bug in this program.</exception>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        string what,
        [CallerMemberName] string member = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (!condition)
        {
            Throw(what, member, file, line);
        }
    }

    [DoesNotReturn]
    private static void Throw(string what, string member, string file, int line) =>
        throw new InvariantException($"{what} ({member}, {Path.GetFileName(file)}:{line})");
}

/// <summary>An invariant of this program was broken. Never caught inside Core.</summary>
public sealed class InvariantException(string message) : Exception(message);
