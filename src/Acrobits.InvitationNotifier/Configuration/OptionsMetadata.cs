using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Data attached to an options instance: the sections it was read from, and its compiled configuration.</summary>
/// <remarks>
/// Attached rather than stored in the options, because the framework creates them and their public type must not know the
/// configuration layer.
/// </remarks>
internal sealed class OptionsMetadata
{
    private static readonly ConditionalWeakTable<InvitationNotifierOptions, OptionsMetadata> Instances = [];

    /// <summary>The content of each registered section.</summary>
    public List<SectionContent> Sections { get; } = [];

    /// <summary>The compiled configuration; null until the options are validated, and if they are invalid.</summary>
    public CompiledConfiguration? Compiled { get; set; }

    public static OptionsMetadata Of(InvitationNotifierOptions options) => Instances.GetOrCreateValue(options);
}
