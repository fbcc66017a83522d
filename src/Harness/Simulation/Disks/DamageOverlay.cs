namespace Raid5Verify.Simulation;

/// <summary>
/// The damage that lies over a file's true bytes, in the order it was done. A byte is substituted by at most one damage
/// at a time: what is laid over it later takes its place.
/// </summary>
internal sealed class DamageOverlay
{
    private readonly List<DiskDamage> _damages = [];
    private long _laid;

    /// <summary>Damage that is not healed, in the order it was done.</summary>
    internal IReadOnlyList<DiskDamage> Damages => _damages;

    internal void Lay(DiskDamage damage)
    {
        damage.Order = _laid++;
        _damages.Add(damage);
    }

    internal bool Covers(long offset, long length) => _damages.Exists(damage => damage.Overlaps(offset, length));

    /// <summary>Whether any of these bytes cannot be read.</summary>
    internal bool IsUnreadable(long offset, long length) =>
        _damages.Exists(damage => damage.Kind == DamageKind.Unreadable && damage.Overlaps(offset, length));

    /// <summary>Counts the damage that a read meets.</summary>
    /// <returns>Whether the bytes can be read.</returns>
    internal bool Meet(long offset, long length)
    {
        foreach (var damage in _damages)
        {
            if (damage.Kind == DamageKind.Unreadable && damage.Overlaps(offset, length))
            {
                damage.Meet();
                return false;
            }
        }

        foreach (var damage in _damages)
        {
            if (damage.Overlaps(offset, length))
            {
                damage.Meet();
            }
        }

        return true;
    }

    /// <summary>Turns true bytes into those that the device holds, as far as it can be read.</summary>
    internal void Apply(long offset, Span<byte> bytes)
    {
        foreach (var damage in _damages)
        {
            if (damage.Kind != DamageKind.Unreadable)
            {
                damage.Apply(offset, bytes);
            }
        }
    }

    /// <summary>Bytes were written: lifts their damage.</summary>
    internal IReadOnlyList<HealedBytes> Heal(long offset, long length) => Heal(offset, length, static _ => true);

    /// <summary>
    /// A write did not reach these bytes, and one damage will stand for what the device holds instead: lifts what it
    /// takes the place of. An unreadable sector stays one.
    /// </summary>
    internal IReadOnlyList<HealedBytes> Supersede(long offset, long length) =>
        Heal(offset, length, static damage => damage.Kind != DamageKind.Unreadable);

    /// <summary>The write that healed these bytes was lost: their damage is back, except where newer damage took its place.</summary>
    internal void Restore(HealedBytes lost)
    {
        var damage = lost.Damage;
        if (!_damages.Contains(damage))
        {
            var place = _damages.FindIndex(other => other.Order > damage.Order);
            _damages.Insert(place < 0 ? _damages.Count : place, damage);
        }

        damage.Restore(lost);
        foreach (var newer in _damages.Where(other => other.Substitutes && other.Order > damage.Order))
        {
            damage.GiveWayTo(newer);
        }

        Forget();
    }

    /// <summary>The true bytes are others, and their end too: bytes that stood for others and now equal them are no damage.</summary>
    internal void Settle(PagedBytes truth, long length)
    {
        foreach (var damage in _damages.Where(static damage => damage.Substitutes))
        {
            damage.Heal(length, long.MaxValue - length);
            var bytes = new byte[damage.Length];
            truth.Read(damage.Offset, bytes);
            damage.Settle(bytes);
        }

        Forget();
    }

    internal void Clear()
    {
        _damages.ForEach(static damage => damage.Clear());
        _damages.Clear();
    }

    private IReadOnlyList<HealedBytes> Heal(long offset, long length, Func<DiskDamage, bool> which)
    {
        if (_damages.Count == 0)
        {
            return [];
        }

        List<HealedBytes> healed = [];
        foreach (var damage in _damages.Where(which))
        {
            healed.AddRange(damage.Heal(offset, length));
        }

        Forget();
        return healed;
    }

    private void Forget() => _damages.RemoveAll(static damage => damage.IsHealed);
}
