namespace Raid5Verify.Running;

/// <summary>What came of something that a client was asked to do: default if the client ended before it answered.</summary>
/// <param name="IsAnswered">Whether it answered.</param>
/// <param name="Value">Its answer.</param>
internal readonly record struct Attempt<T>(bool IsAnswered, T? Value)
{
    /// <summary>Whether it gave this answer.</summary>
    public bool Is(T value) => IsAnswered && EqualityComparer<T>.Default.Equals(Value, value);
}
