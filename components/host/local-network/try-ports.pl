#!/usr/bin/perl
# Tries ports between machines, after sockets.pl and report.pl: reads hosts and ports from stdin, says on stderr what isn't let through.
# Argument: the machine's own name among the hosts.

my ( @hosts, @ports, %findings, @quiet );

sub read_plan {
    my ($own) = @_;
    while ( my $line = <STDIN> ) {
        chomp $line;
        my ( $what, @fields ) = split / /, $line, $line =~ /^port / ? 6 : 0;
        if ( $what eq 'host' ) { my %host; @host{qw(name role address subnet ssh)} = @fields; push @hosts, \%host }
        if ( $what eq 'port' ) { my %port; @port{qw(to from protocol port why)} = @fields; push @ports, \%port }
    }
    my ($gate) = grep { $_->{name} eq $own } @hosts;
    return $gate // die "$own isn't among the hosts\n";
}

# Ports that one has to let in from the other.
sub between {
    my ( $from, $to ) = @_;
    return grep { ( $_->{to} eq 'nodes' || $to->{role} eq 'server' ) && ( $_->{from} eq 'nodes' || $from->{role} eq 'server' ) } @ports;
}

# VRRP has no ports, so that a firewall takes what comes from a machine that was just sent some for an answer: each server is tried
# by the one before it alone, to which it sends none.
sub is_tried_by {
    my ( $to, $from, $port ) = @_;
    return 1 if $port->{protocol} ne 'vrrp';
    my @servers = grep { $_->{role} eq 'server' } @hosts;
    my ($place) = grep { $servers[$_] == $to } 0 .. $#servers;
    return @servers > 2 && $servers[ $place - 1 ] == $from;
}

sub name_of { my ($port) = @_; return "$port->{protocol}:$port->{port}" }

sub found {
    my ( $from, $to, $port, $how ) = @_;
    my $entry = $findings{ $to->{name} }{ name_of($port) } //= { port => $port, how => $how, from => [] };
    push @{ $entry->{from} }, $from->{name};
    return;
}

sub ask { my ( $host, $port ) = @_; return { host => $host, port => $port->{port}, row => $port, address => $host->{address}, protocol => 'tcp', ask => 'grappe held' } }

sub learn {
    for my $asked (@_) {
        my $host = $asked->{host};
        if ( $asked->{answer} =~ /^grappe (.*)\n/ ) { $host->{held} = { map { $_ => 1 } split / /, $1 } }
        elsif ( $asked->{open} ) { $host->{serves}{ $asked->{port} } = 1 }
    }
    return;
}

# Who is there: one that waits to become a node, a node (whose own services answer), or nobody.
sub try_from_gate {
    my ($gate) = @_;
    my ($kubelet) = grep { $_->{protocol} eq 'tcp' && $_->{to} eq 'nodes' && $_->{from} eq 'nodes' } @ports;
    my @first = map { ask( $_, $kubelet ) } @hosts;
    try_all(@first);
    learn(@first);
    my @rest = map { my $host = $_; map { ask( $host, $_ ) } grep { $_->{protocol} eq 'tcp' && $_ != $kubelet } between( $gate, $host ) }
      grep { !$_->{serves} } @hosts;
    try_all(@rest);
    learn(@rest);
    for my $asked ( grep { $_->{host} != $gate } @first, @rest ) {
        my $host = $asked->{host};
        next if $asked->{open} || ( $host->{serves} && !$host->{held} );
        # Refused where nothing listens says nothing; where our own listens, that somebody else refused.
        next if $asked->{refused} && !( $host->{held} && $host->{held}{ name_of( $asked->{row} ) } );
        found( $gate, $host, $asked->{row}, $asked->{refused} ? 'refused' : 'no answer' );
    }
    return;
}

# A node that is off right now isn't in the way of others; a machine that was looked at a moment ago is on.
sub forgive_the_absent {
    my ($gate) = @_;
    return if !grep { $_->{serves} && !$_->{held} } @hosts;
    my @silent = grep { $findings{ $_->{name} } && !$_->{held} && !$_->{serves} } @hosts;
    my @tries  = map { { host => $_, protocol => 'tcp', address => $_->{address}, port => $_->{ssh} } } @silent;
    try_all(@tries);
    for my $try ( grep { !$_->{open} } @tries ) {
        delete $findings{ $try->{host}{name} };
        push @quiet, $try->{host}{name};
    }
    return;
}

# All that a machine shuts out, once it is clear that it shuts out everything.
sub complete_the_silent {
    my ($gate) = @_;
    for my $host ( grep { $findings{ $_->{name} } && !$_->{held} } @hosts ) {
        found( $gate, $host, $_, 'no answer' ) for grep { $_->{protocol} ne 'tcp' } between( $gate, $host );
    }
    return;
}

sub try_datagrams {
    my ($gate) = @_;
    my @tries = map {
        my $host = $_;
        map { { host => $host, row => $_, address => $host->{address}, protocol => $_->{protocol}, port => $_->{port} } }
          grep { $_->{protocol} ne 'tcp' && $host->{held}{ name_of($_) } && is_tried_by( $host, $gate, $_ ) } between( $gate, $host )
    } grep { $_ != $gate && $_->{held} } @hosts;
    try_all(@tries);
    found( $gate, $_->{host}, $_->{row}, $_->{refused} ? 'refused' : 'no answer' ) for grep { !$_->{open} } @tries;
    return;
}

# The way back, and between the other servers: each machine tries every server.
sub try_towards_servers {
    my ($gate) = @_;
    my @servers = grep { $_->{role} eq 'server' && ( $_->{held} || $_->{serves} ) } @hosts;
    my @asks;
    for my $host ( grep { $_ != $gate && $_->{held} } @hosts ) {
        my %rows;
        for my $server ( grep { $_ != $host } @servers ) {
            for my $port ( grep { is_tried_by( $server, $host, $_ ) } between( $host, $server ) ) {
                next if $findings{ $server->{name} }{ name_of($port) };
                next if !( $server->{held} && $server->{held}{ name_of($port) } ) && !( $port->{protocol} eq 'tcp' && $server->{serves}{ $port->{port} } );
                $rows{"$port->{protocol}:$server->{address}:$port->{port}"} = [ $server, $port ];
            }
        }
        my ($way) = grep { /^tcp:/ && !$findings{ $host->{name} }{$_} } sort keys %{ $host->{held} };
        next if !%rows || !defined $way;
        push @asks, { %{ ask( $host, { port => substr $way, 4 } ) }, ask => join( ' ', 'grappe try', sort keys %rows ), rows => \%rows, seconds => $SECONDS + 3 };
    }
    try_all(@asks);
    for my $asked (@asks) {
        my ($answer) = $asked->{answer} =~ /^grappe (.*)\n/ or next;
        for ( split / /, $answer ) {
            my ( $target, $how ) = split /=/;
            next if $how eq 'open' || !$asked->{rows}{$target};
            my ( $server, $port ) = @{ $asked->{rows}{$target} };
            found( $asked->{host}, $server, $port, $how eq 'refused' ? 'refused' : 'no answer' );
        }
    }
    return;
}

my $gate = read_plan(@ARGV);
try_from_gate($gate);
forgive_the_absent($gate);
complete_the_silent($gate);
try_datagrams($gate);
try_towards_servers($gate);
%findings = map { $_ => $findings{$_} } grep { %{ $findings{$_} } } keys %findings;
print {*STDERR} 'not tried, as nothing answers there: ', join( ', ', @quiet ), "\n" if @quiet;
print "nodes are there\n" if grep { $_->{serves} && !$_->{held} } @hosts;
if (%findings) { report( \@hosts, \%findings ); exit 1 }
