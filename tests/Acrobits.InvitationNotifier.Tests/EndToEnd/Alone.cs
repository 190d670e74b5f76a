namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Tests that listen to the whole process, or prove that nobody does: one at a time, after all others.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
