namespace Raid5Fs.Primitives;

/// <summary>A value, or the <see cref="Errno"/> that says why there is none. Never both.</summary>
/// <remarks>
/// Expected errors travel as values; an exception means a bug or a cancellation. Operations without a value
/// return a bare <see cref="Errno"/>. <c>default</c> is a success that holds <c>default(T)</c>.
/// </remarks>
public readonly struct Result<T>
{
    private readonly T _value;

    private Result(T value, Errno error)
    {
        _value = value;
        Error = error;
    }

    /// <summary><see cref="Errno.OK"/>, or why there is no value.</summary>
    public Errno Error { get; }

    public bool IsOk => Error == Errno.OK;

    /// <summary>The value.</summary>
    /// <exception cref="InvariantException">There is none: the caller did not look at <see cref="Error"/>.</exception>
    public T Value
    {
        get
        {
            Invariant.Require(Error == Errno.OK, "a failed result has no value");
            return _value;
        }
    }

    public static implicit operator Result<T>(T value) => new(value, Errno.OK);

    public static implicit operator Result<T>(Errno error)
    {
        Invariant.Require(error != Errno.OK, "a success needs its value");
        return new Result<T>(default!, error);
    }

    public override string ToString() => IsOk ? $"{_value}" : Error.ToString();
}
